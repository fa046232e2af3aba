/// The lines of the audit log: their chaining and signatures, and how a change is detected.
package dev.testudo.trust.audit;
