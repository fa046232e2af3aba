package dev.testudo.cli.image;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.image.build.ConfidentialImage.Prepared;
import dev.testudo.image.build.ImageAccounts;
import dev.testudo.image.build.ImageAccounts.Lookup;
import dev.testudo.image.build.ImageUser;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.policy.source.Printable;
import java.io.IOException;
import java.util.Optional;

/// The user of a lifted image's containers. A program cannot change its user there, so an image
/// that starts as root to become another user must start as that user.
public final class ContainerUser {
  private ContainerUser() {}

  /// An image for containers of another user.
  ///
  /// @param note who it is, for people to read
  public record Choice(Prepared image, String note) {}

  /// Returns the image for containers of the user that `text` names.
  ///
  /// @param text `USER` or `USER:GROUP`, each a name of the image or a number
  /// @throws CommandFailed if the image has no such user
  /// @throws IOException if the image cannot be read
  public static Choice choose(Prepared prepared, String text) throws IOException, CommandFailed {
    var accounts = prepared.accounts();
    return switch (accounts.find(text)) {
      case Lookup.Found(var user) ->
          new Choice(prepared.runningAs(user), note(user, accounts.name(user.uid())));
      case Lookup.Unknown(var reason, var help) ->
          throw CommandFailed.input("--user: %s; %s".formatted(reason, help));
    };
  }

  /// Returns the user that a container of an image has, where no container runtime looks it up.
  ///
  /// @throws CommandFailed if the image has no such user
  public static ImageUser of(ImageParts image, ImageAccounts accounts) throws CommandFailed {
    var text = image.config().container().user();
    return switch (accounts.find(text.isEmpty() ? "0:0" : text)) {
      case Lookup.Found(var user) -> user;
      case Lookup.Unknown(var reason, var help) ->
          throw CommandFailed.input(
              "the image is for containers of the user `%s`: %s; %s"
                  .formatted(Printable.of(text), reason, help));
    };
  }

  private static String note(ImageUser user, Optional<String> name) {
    return "containers run as %s ".formatted(user)
        + name.map("(%s)"::formatted)
            .orElse("(not in /etc/passwd: podman changes that file without `--passwd=false`)");
  }

  /// Returns a warning for people to read if the image starts as root, with the user that fits if
  /// there is one.
  ///
  /// @throws IOException if the image cannot be read
  public static Optional<String> warning(Prepared prepared) throws IOException {
    if (!prepared.startsAsRoot()) {
      return Optional.empty();
    }
    var warning =
        "warning: the image starts as root; a program in a confidential container cannot change"
            + " its user, so if the image's entry script does (gosu, su-exec, setpriv), choose the"
            + " user with --user";
    return Optional.of(warning + fitting(prepared).orElse(""));
  }

  private static Optional<String> fitting(Prepared prepared) throws IOException {
    var owner = prepared.dataOwner();
    if (owner.isEmpty()) {
      return Optional.empty();
    }
    return prepared
        .accounts()
        .name(owner.get().uid())
        .map(
            name ->
                "; `--user %s` probably fits, because %s belongs to it"
                    .formatted(name, owner.get().folder()));
  }
}
