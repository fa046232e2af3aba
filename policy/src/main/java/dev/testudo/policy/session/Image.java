package dev.testudo.policy.session;

import java.util.List;

/// The file system of services, as far as a policy adds to it.
public record Image(String name, List<InjectionFile> files) {
  public Image {
    files = List.copyOf(files);
  }
}
