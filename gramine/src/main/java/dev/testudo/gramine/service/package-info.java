/// What of a service manifest exists in an enclave of Gramine. The rest is refused.
package dev.testudo.gramine.service;
