/// Child processes: starting them, reading their output line by line, and stopping them reliably.
package dev.testudo.cli.process;
