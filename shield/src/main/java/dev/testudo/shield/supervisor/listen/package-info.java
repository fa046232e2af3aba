/// bind(2), listen(2) and accept(2): authenticated peers reach a program's socket.
package dev.testudo.shield.supervisor.listen;
