/// Local stores of images: OCI layouts as directories and archives, and the archives of
/// `docker save`.
package dev.testudo.image.layout;
