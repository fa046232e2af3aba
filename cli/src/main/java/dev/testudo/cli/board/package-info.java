/// What is known of a running mesh: services, who talks to whom, what was refused. Facts go in,
/// snapshots come out; nothing here is shown or stored.
package dev.testudo.cli.board;
