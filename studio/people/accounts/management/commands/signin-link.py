from django.core.management.base import BaseCommand, CommandError

from studio.core import public_url
from studio.people.accounts import links
from studio.people.accounts.models import User


class Command(BaseCommand):
    help = "Print a link that signs this person in once, within three days."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *args, email, **options):
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {email}.")
        self.stdout.write(public_url.absolute(links.path_for(user)))
