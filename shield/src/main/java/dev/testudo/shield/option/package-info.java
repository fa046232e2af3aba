/// The program's socket options that also apply to the sockets between the shield and the peers.
package dev.testudo.shield.option;
