/// What all parts of confidential VM images share: hostile bytes, how they are refused, and the
/// hashes of measurements.
package dev.testudo.vm;
