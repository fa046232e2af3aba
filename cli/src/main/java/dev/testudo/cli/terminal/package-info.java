/// The display of a running mesh: plain lines, or a live table on a terminal.
package dev.testudo.cli.terminal;
