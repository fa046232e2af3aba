/// The keys of the files that Testudo reads: what each holds, what it means, and whether it is
/// secret. Readers, the masking of diagnostics and the JSON Schemas all use these declarations.
package dev.testudo.policy.schema;
