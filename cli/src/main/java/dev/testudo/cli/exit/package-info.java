/// How a command ends: its exit code and, if it failed, one line with the reason.
package dev.testudo.cli.exit;
