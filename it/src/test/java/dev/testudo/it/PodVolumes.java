package dev.testudo.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The volumes of pods as a kubelet makes them: files of Secrets and ConfigMaps are links into a
/// folder of root that the group `fsGroup` can read, and everything in other volumes belongs to
/// that group, which can write it.
///
/// @param folder where the volumes are
/// @param sources has a folder for each Secret and ConfigMap, with a file for each key
record PodVolumes(Path folder, Path sources) {
  private static final int OF_SECRET = 0440;
  private static final int OF_OTHERS = 0444;
  private static final int OF_CLAIM = 02775;

  static PodVolumes in(Path folder) throws IOException {
    return new PodVolumes(
        Files.createDirectories(folder.resolve("volumes")),
        Files.createDirectories(folder.resolve("sources")));
  }

  /// Adds a key to a Secret or a ConfigMap.
  void put(String source, String key, byte[] content) throws IOException {
    Files.write(Files.createDirectories(sources.resolve(source)).resolve(key), content);
  }

  /// Makes the volumes of a pod. That of a claim stays what it was for an earlier pod of that name.
  ///
  /// @param workload the object that has the pod
  /// @return options of `podman run`
  List<String> mount(JsonNode workload, String pod) throws IOException {
    var spec = workload.at("/spec/template/spec");
    var group = spec.at("/securityContext/fsGroup").asInt();
    var words = new ArrayList<String>();
    for (var mount : spec.at("/containers/0/volumeMounts")) {
      var name = mount.path("name").asText();
      var place = mount.path("mountPath").asText();
      if (!place.equals("/tmp")) { // which all containers of these tests have
        var own = Files.createDirectories(folder.resolve(pod)).resolve(name);
        make(spec, name, own, group);
        words.addAll(
            List.of("-v", own + ":" + place + (mount.path("readOnly").asBoolean() ? ":ro" : "")));
      }
    }
    return words;
  }

  private void make(JsonNode spec, String name, Path own, int group) throws IOException {
    var volume = named(spec, name);
    if (volume.has("projected")) {
      for (var source : volume.at("/projected/sources")) {
        files(source.at("/secret/name").asText(), source.at("/secret/items"), own, OF_SECRET);
      }
      owned(own, group);
    } else if (volume.has("configMap")) {
      files(volume.at("/configMap/name").asText(), volume.at("/configMap/items"), own, OF_OTHERS);
    } else if (!Files.exists(own)) {
      Files.createDirectory(own);
      Files.setAttribute(own, "unix:gid", group);
      Files.setAttribute(own, "unix:mode", OF_CLAIM);
    }
  }

  private static JsonNode named(JsonNode spec, String name) {
    for (var volume : spec.path("volumes")) {
      if (volume.path("name").asText().equals(name)) {
        return volume;
      }
    }
    return spec.path("none"); // a claim of the workload
  }

  private void files(String source, JsonNode items, Path own, int mode) throws IOException {
    var data = Files.createDirectories(own.resolve("..1"));
    Files.deleteIfExists(own.resolve("..data"));
    Files.createSymbolicLink(own.resolve("..data"), Path.of("..1"));
    for (var item : items) {
      var path = item.path("path").asText();
      var file = data.resolve(path);
      Files.deleteIfExists(file);
      Files.copy(sources.resolve(source).resolve(item.path("key").asText()), file);
      Files.setAttribute(file, "unix:mode", mode);
      Files.deleteIfExists(own.resolve(path));
      Files.createSymbolicLink(own.resolve(path), Path.of("..data").resolve(path));
    }
  }

  private static void owned(Path own, int group) throws IOException {
    try (var all = Files.walk(own)) {
      for (var file : all.toList()) {
        if (!Files.isSymbolicLink(file)) {
          Files.setAttribute(file, "unix:gid", group);
        }
      }
    }
  }
}
