"""Prints the environment that the policy defines, without secrets."""

import os
import sys


def main() -> int:
    user = os.environ.get("API_USER")
    password = os.environ.get("API_PASSWORD")
    if not user or not password:
        print("API_USER or API_PASSWORD is missing: was this started by its agent?", file=sys.stderr)
        return 1
    print(f"Hello, {user}. A password of {len(password)} characters came with me; I keep it to myself.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
