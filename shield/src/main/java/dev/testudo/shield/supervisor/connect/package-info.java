/// connect(2): a program's socket waits until its peer is authenticated.
package dev.testudo.shield.supervisor.connect;
