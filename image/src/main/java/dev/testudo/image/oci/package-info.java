/// The model of the OCI image specification 1.1 and of Docker's image manifest 2, schema 2; and
/// what every place that stores images offers ([BlobSource], [BlobSink]).
package dev.testudo.image.oci;
