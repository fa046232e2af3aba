/// How a command ends: its exit code and, when it could not go on, one line that says why.
package dev.testudo.cli.exit;
