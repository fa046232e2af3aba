/// SEV-SNP: the launch digest (MEASUREMENT of a report), and the ID block with which an owner signs
/// it.
package dev.testudo.vm.measure.snp;
