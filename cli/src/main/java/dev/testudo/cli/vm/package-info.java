/// Confidential VM images: reads what they are made of, and writes them. What the bytes mean is in
/// the module `vm`.
package dev.testudo.cli.vm;
