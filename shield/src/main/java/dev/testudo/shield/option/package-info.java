/// Socket options of the program that act on its protected connections' sockets to the peers too.
package dev.testudo.shield.option;
