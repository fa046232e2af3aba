/// The services that deliver documents: Intel's provisioning service (PCS) and its caches (PCCS),
/// and AMD's key distribution service (KDS). Every wait and every answer has a limit. Documents are
/// signed, so the services and the way to them need no trust.
package dev.testudo.trust.collateral.service;
