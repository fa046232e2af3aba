/// The compiled rules of the shield: keys and certificates are read and checked, and each question
/// is answered by a pure function. No sockets, no threads.
package dev.testudo.shield.rule;
