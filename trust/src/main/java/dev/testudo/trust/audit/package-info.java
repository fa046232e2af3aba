/// The audit log's lines: how they are chained and signed, and what shows that some were changed.
package dev.testudo.trust.audit;
