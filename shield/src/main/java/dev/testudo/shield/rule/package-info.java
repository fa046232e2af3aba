/// The rules of the shield, ready to decide with: keys and certificates read and checked, one
/// pure function per question. No sockets, no threads.
package dev.testudo.shield.rule;
