/// Session descriptions, the policies that CAS keeps: language version 0.3.
package dev.testudo.policy.session;
