// The flows of @runware/sdk-js. Usage: node flows.js WEBSOCKET KEY PICTURE; prints what each flow saw, as JSON.
import { readFile } from "node:fs/promises";
import { Runware } from "@runware/sdk-js";

const [url, apiKey, path] = process.argv.slice(2);
const picture = `data:image/png;base64,${await readFile(path, "base64")}`;
const kite = {
  model: "runway:1@2",
  positivePrompt: "A kite over dunes",
  width: 1280,
  height: 720,
  duration: 5,
};
const still = {
  model: "runway:4@1",
  positivePrompt: "A kite over dunes",
  inputs: { referenceImages: [picture, picture] },
  numberResults: 1,
  includeCost: true,
};

async function firstFrame(client) {
  const uploaded = await client.imageUpload({ image: picture });
  const [video] = await client.videoInference({
    model: "runway:1@1",
    duration: 2,
    inputs: { frameImages: [uploaded.imageUUID] },
  });
  return { uploaded: uploaded.imageURL, ...video };
}

/** What a flow rejects with, in the SDK's own form. */
async function refusal(flow) {
  try {
    return { "not raised": await flow };
  } catch (error) {
    return error.error ?? { message: String(error) };
  }
}

async function wrongKey() {
  const stranger = new Runware({ url, apiKey: "wrong", shouldReconnect: false, globalMaxRetries: 1 });
  try {
    return await refusal(stranger.requestImages(still));
  } finally {
    await stranger.disconnect();
  }
}

const client = await Runware.initialize({ url, apiKey, shouldReconnect: false, globalMaxRetries: 1 });
const flows = {
  "two videos": client.videoInference({ ...kite, numberResults: 2, seed: 11, includeCost: true }),
  "first frame": firstFrame(client),
  still: client.requestImages(still),
  unsupported: refusal(client.videoInference({ ...kite, duration: 7 })),
  moderated: refusal(client.videoInference({ ...kite, positivePrompt: "A storm" })),
  "wrong key": wrongKey(),
};
const seen = {};
for (const [name, flow] of Object.entries(flows)) seen[name] = await flow;
await client.disconnect();
console.log(JSON.stringify(seen));
