package dev.testudo.gramine.service;

import dev.testudo.gramine.manifest.FolderKey;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Text;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A service as Gramine can run it: without an agent, CAS and network shield. All variables of the
/// manifest have their values.
///
/// @param command the words of the command line, the program first
/// @param directory where the program starts; empty if the manifest does not say it
/// @param environment all variables that the program sees
/// @param files files with a fixed content
/// @param folders folders that are kept, encrypted
public record GramineService(
    List<Text> command,
    Optional<String> directory,
    SortedMap<String, String> environment,
    List<FixedFile> files,
    List<KeptFolder> folders) {
  /// Copies the collections.
  public GramineService {
    command = List.copyOf(command);
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    files = List.copyOf(files);
    folders = List.copyOf(folders);
  }

  /// A file that the manifest has the content of.
  ///
  /// @param path absolute
  /// @param permission its mode bits
  public record FixedFile(String path, String content, int permission) {
    /// Returns the path only.
    @Override
    public String toString() {
      return "FixedFile[" + path + "]";
    }
  }

  /// A folder whose files are encrypted.
  ///
  /// @param name the name of the volume
  /// @param path absolute
  public record KeptFolder(String name, String path, FolderKey key) {}

  /// Reads what a manifest asks for, and reports everything that does not exist under Gramine.
  ///
  /// @param key the key for volumes; empty if the user has accepted none
  public static Parsed<GramineService> of(ServiceManifest manifest, Optional<FolderKey> key) {
    return new ServiceDemands(manifest, key).read();
  }
}
