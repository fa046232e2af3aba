/// Layers that commands make: `run` and `requirements` of a service manifest. The commands run in
/// a sandboxed root of the image, and what they change there becomes a layer.
package dev.testudo.image.build.command;
