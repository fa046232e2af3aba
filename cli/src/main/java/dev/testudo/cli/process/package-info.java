/// Child processes: started, listened to line by line, stopped, never lost.
package dev.testudo.cli.process;
