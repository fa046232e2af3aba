/// The events of the audit log and their format. The store writes an event in the transaction that
/// it describes; `trust.audit` chains and verifies the lines.
package dev.testudo.cas.audit;
