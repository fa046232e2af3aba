/// Performs connect(2). A program's socket waits until its peer is authenticated.
package dev.testudo.shield.supervisor.connect;
