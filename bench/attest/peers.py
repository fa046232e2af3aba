"""Runs verifiers of quotes over a folder of vectors and returns what each says."""

import json
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PACKAGES = ["@phala/dcap-qvl@0.3.9", "@phala/dcap-qvl-web@0.3.3"]


def java():
    home = os.environ.get("TESTUDO_JAVA_HOME")
    if not home:
        line = f'. "{ROOT}/scripts/jdk.sh" && printf %s "$JAVA_HOME"'
        home = subprocess.run(["sh", "-c", line], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return os.path.join(home, "bin/java")


def lines(command, **options):
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout
    return [json.loads(line) for line in found.splitlines()]


def testudo(vectors, rounds):
    modules = ROOT / "dist/target/testudo/lib"
    return lines([java(), "--module-path", str(modules), "--add-modules", "dev.testudo.trust,java.management",
                  str(HERE / "Verify.java"), str(vectors), str(rounds)])


def dcap_qvl(vectors, rounds, folder):
    """Needs npm and node, and the npm registry at the first time."""
    if not (pathlib.Path(folder) / "node_modules").exists():
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        (pathlib.Path(folder) / "package.json").write_text("{}", encoding="utf-8")
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *PACKAGES], cwd=folder, check=True)
    command = ["node", str(HERE / "peers.mjs"), str(vectors)]
    return lines(command + (["--time", str(rounds)] if rounds else []), cwd=folder)
