import Foundation
import Synchronization

/// The thread that prepares catalogs beside the traffic: features and experiments that are declared anew are worked out
/// from the log while the old catalog decides.
///
/// A thread of its own and of low priority: it reads for seconds what the traffic must not wait for.
final class CatalogLoop: Sendable {
    private let engine: Engine
    private let ended = DispatchSemaphore(value: 0)

    init(_ engine: Engine) { self.engine = engine }

    func start() {
        engine.prepareCatalogsApart()
        let thread = Thread { [self] in
            run()
            ended.signal()
        }
        thread.name = "weir.catalog"
        thread.qualityOfService = .utility
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Returns when the loop has ended, which `Engine.close` makes it do.
    func wait() { ended.wait() }

    private func run() {
        lowerPriority()
        let signal = DispatchSemaphore(value: 0)
        while !engine.catalogs.isClosed {
            let inForce = DispatchSemaphore(value: 0)
            if engine.prepareNextCatalog(pause: pause, completion: { inForce.signal() }) {
                inForce.wait()
            } else {
                engine.catalogs.whenNotEmpty { signal.signal() }
                signal.wait()
            }
        }
    }

    /// Leaves a processor to the traffic for about as long as a step takes.
    private func pause() { Thread.sleep(forTimeInterval: 0.002) }

    private func lowerPriority() {
        #if os(Linux)
            // On Linux a thread has a priority of its own; 0 means the calling one.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        #endif
    }
}
