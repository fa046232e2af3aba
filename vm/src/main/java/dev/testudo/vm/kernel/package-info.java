/// Kernels of VM images: their modules, and what these depend on.
package dev.testudo.vm.kernel;
