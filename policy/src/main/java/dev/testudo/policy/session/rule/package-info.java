/// Rules that hold between the parts of a session.
package dev.testudo.policy.session.rule;
