/// Names and addresses of hosts as text.
package dev.testudo.policy.address;
