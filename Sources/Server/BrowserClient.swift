/// The client for pages, as `/weir.js` serves it: under 6 KB and without anything of others.
enum BrowserClient {
    static let script = #"""
        /* Sends what happens on a page and shows what Weir decides. */
        (function (window, document) {
          "use strict";
          var script = document.currentScript || { dataset: {}, src: "" };
          var key = script.dataset.key, home = script.dataset.url || script.src.replace(/\/weir\.js.*$/, "");
          var asksFirst = script.dataset.consent === "required";
          var early = (window.weir || {}).q || [];
          var memory = {}, wait = 0, timer = 0, isSending = false;

          // Before consent, and without storage, all is kept as long as the page is open.
          function load(name) {
            if (name in memory) return memory[name];
            try { return JSON.parse(localStorage.getItem("weir." + name)); } catch (error) { return null; }
          }
          function save(name, value) {
            memory[name] = value;
            if (asksFirst && !load("consent")) return;
            try { localStorage.setItem("weir." + name, JSON.stringify(value)); delete memory[name]; } catch (error) {}
          }
          function id() {
            var text = "";
            while (text.length < 32) text += Math.random().toString(16).slice(2);
            return text.slice(0, 32);
          }
          function anonymous() {
            if (!load("anonymous")) save("anonymous", id());
            return load("anonymous");
          }
          // Half of a surrogate pair is no text.
          function mended(name, value) {
            return typeof value !== "string" ? value
              : value.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g, function (unit) { return unit[1] ? unit : "\uFFFD"; });
          }

          function queue() { return load("queue") || []; }
          function message(type, fields) {
            var made = {
              type: type, messageId: id(), timestamp: new Date().toISOString(), anonymousId: anonymous(),
              userId: load("user") || undefined,
              context: { library: { name: "weir.js" }, page: { path: location.pathname, url: location.href, title: document.title } }
            };
            if (load("consent")) made.context.consent = { categoryPreferences: load("consent") };
            for (var name in fields) made[name] = fields[name];
            made = JSON.parse(JSON.stringify(made, mended));
            if (JSON.stringify(made).length > 16000) return;
            save("queue", queue().concat([made]).slice(-200));
            soon(50);
          }
          function body(messages) {
            return JSON.stringify({ writeKey: key, sentAt: new Date().toISOString(), batch: messages });
          }
          function soon(delay) {
            timer = timer || setTimeout(flush, delay);
          }
          function flush() {
            clearTimeout(timer);
            timer = 0;
            var sent = queue().slice(0, 20);
            if (isSending || !sent.length || asksFirst && !load("consent")) return;
            isSending = true;
            return fetch(home + "/v1/batch", { method: "POST", body: body(sent), headers: { "Content-Type": "text/plain" } })
              .then(function (answer) { return answer.status; }, function () { return 0; })
              .then(function (status) {
                isSending = false;
                // What is refused for good would be refused again.
                if (status >= 200 && status < 500 && status !== 408 && status !== 429) {
                  var ids = sent.map(function (one) { return one.messageId; });
                  save("queue", queue().filter(function (one) { return ids.indexOf(one.messageId) < 0; }));
                  wait = 0;
                  if (queue().length) soon(10);
                } else {
                  wait = Math.min(60000, wait * 2 || 500);
                  soon(wait * (0.5 + Math.random() / 2));
                }
              });
          }
          // What is sent so stays in the queue: sent again it counts once.
          function leave() {
            if (queue().length && !(asksFirst && !load("consent"))) navigator.sendBeacon(home + "/v1/batch", body(queue().slice(0, 20)));
          }

          function decide(placement, options) {
            options = options || {};
            var element = typeof options.element === "string" ? document.querySelector(options.element) : options.element;
            var stop = new AbortController();
            var late = setTimeout(function () { stop.abort(); }, options.timeout || 1500);
            var request = { placement: placement, anonymousId: anonymous(), context: options.context || {} };
            if (load("user")) request.customer = load("user");
            return fetch(home + "/v1/decide?reasons=false", {
              method: "POST", body: JSON.stringify(request, mended), signal: stop.signal,
              headers: { "Content-Type": "application/json", Authorization: "Bearer " + key }
            }).then(function (answer) {
              return answer.ok ? answer.json() : { offer: null, error: answer.status };
            }).catch(function (error) {
              return { offer: null, error: String(error) };
            }).then(function (decision) {
              clearTimeout(late);
              var offer = decision.offer, text = offer ? offer.message || offer.name : options.fallback;
              if (element) {
                // As text, never as markup; without any the element keeps what stands in it.
                if (text) element.textContent = text;
                element.setAttribute("data-weir-offer", offer ? offer.id : "");
              }
              return decision;
            });
          }

          var weir = window.weir = {
            track: function (event, properties) { message("track", { event: event, properties: properties }); },
            page: function (name, properties) { message("page", { name: name, properties: properties }); },
            identify: function (user, traits) {
              if (user) save("user", String(user));
              message("identify", { traits: traits });
            },
            consent: function (choice) {
              save("consent", choice);
              // What waited for the answer may be kept now, and bears it.
              for (var name in memory) save(name, memory[name]);
              save("queue", queue().map(function (one) {
                one.context.consent = { categoryPreferences: choice };
                return one;
              }));
              message("track", { event: "Segment Consent Preference Updated" });
            },
            decide: decide,
            flush: flush,
            reset: function () { save("user", null); save("anonymous", null); }
          };
          early.forEach(function (call) { weir[call[0]].apply(weir, call[1]); });
          document.querySelectorAll("[data-weir-placement]").forEach(function (element) {
            decide(element.getAttribute("data-weir-placement"), { element: element });
          });
          addEventListener("pagehide", leave);
          if (queue().length) soon(10);
        })(window, document);
        """#
}
