/// Performs bind(2), listen(2) and accept(2): delivers authenticated peers to a program's socket.
package dev.testudo.shield.supervisor.listen;
