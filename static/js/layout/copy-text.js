/** <copy-text> holds a read-only field and a button that copies what is in it, and says so. */
class CopyText extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input");
    this.button = this.querySelector("button");
    this.button.addEventListener("click", () => this.copy());
    this.field.addEventListener("focus", () => this.field.select());
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.field.value);
    } catch {
      this.field.select(); // without a secure origin the browser lets only the person copy
      document.execCommand("copy");
    }
    const before = this.button.textContent;
    this.button.textContent = "Copied";
    setTimeout(() => (this.button.textContent = before), 2000);
  }
}
customElements.define("copy-text", CopyText);
