/// What a person sees of a running mesh: plain lines anywhere, one live region on a terminal.
package dev.testudo.cli.terminal;
