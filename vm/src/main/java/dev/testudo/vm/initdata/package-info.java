/// Initdata: what the host hands to a guest of Kata Containers, with a digest that hardware
/// evidence contains.
package dev.testudo.vm.initdata;
