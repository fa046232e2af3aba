/// Who makes a request.
package dev.testudo.cas.caller;
