from django.core.management.base import BaseCommand, CommandError

from studio.people.accounts import second_factor
from studio.people.accounts.models import User


class Command(BaseCommand):
    help = "Ask this person for no second factor any more: for who has lost telephone and recovery codes."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *args, email, **options):
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {email}.")
        if not second_factor.turn_off(user, detail="by the command"):
            raise CommandError(f"{user.email} has no second factor.")
        self.stdout.write(f"{user.email} signs in without a second factor now, and can set one up anew.")
