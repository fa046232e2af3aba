/// From text to a session, with every mistake at once.
package dev.testudo.policy.session.read;
