package dev.testudo.cli.image;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.image.layout.ImageLocation;
import dev.testudo.image.oci.ImageName;
import java.util.Optional;

/// The repository for which the signature of an image is valid.
public final class SignatureIdentity {
  private SignatureIdentity() {}

  /// Returns `REGISTRY/REPOSITORY`: the one that the user gives, otherwise that of the image.
  ///
  /// @throws CommandFailed if the image is in no registry and the user gives none, or a malformed
  ///     one
  public static String of(ImageLocation image, Optional<String> given) throws CommandFailed {
    if (given.isPresent()) {
      var name =
          ImageName.parse(given.get())
              .orElseThrow(
                  () ->
                      CommandFailed.usage(
                          "--sign-identity takes a repository, such as `registry.example/redis`, not `%s`"
                              .formatted(given.get())));
      return repository(name);
    }
    return switch (image) {
      case ImageLocation.InRegistry(var name) -> repository(name);
      case ImageLocation.Local local ->
          throw CommandFailed.usage(
              "%s is in no registry; name the repository of the signature with --sign-identity"
                  .formatted(local));
    };
  }

  private static String repository(ImageName name) {
    return name.registry() + "/" + name.repository();
  }
}
