"""Off-policy evaluation with the Open Bandit Pipeline on the Open Bandit Dataset's small sample.

Logged by the uniform random policy; evaluated: Bernoulli Thompson sampling (bts) with the production prior; the truth to
compare with is the click rate in bts's own log. The folder holds random/CAMPAIGN and bts/CAMPAIGN for one or more campaigns.
Intervals: 95%, 1,000 bootstrap samples, seed 0. DM, DR and SWITCH-DR use a logistic regression of the click, cross-fitted in 3 folds;
SWITCH-DR leaves weights above 10 to the model. --export FOLDER writes, per campaign, bts_probabilities_NAME.csv.gz (one row per item, one
column per position) and expected_rewards_NAME.csv.gz (one row per line of the random log, in its order; column item_N is what the click
model expects of item N at that line's position).
"""
from common import clock, options, report
import gzip, os, shutil, sys, tempfile
import types
from importlib.machinery import ModuleSpec
import numpy as np, pandas as pd
import scipy.stats, sklearn.linear_model, sklearn.ensemble, sklearn.cluster
try:
    import torch
except ImportError:                       # obp imports torch for its neural policies only, which this script does not use
    class StandIn(types.ModuleType):
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (), {}) if name[0].isupper() else StandIn(self.__name__ + "." + name)
    for name in ("torch", "torch.nn", "torch.optim", "torch.nn.functional", "torch.utils", "torch.utils.data", "seaborn", "pyieoe"):
        if name not in sys.modules:
            sys.modules[name] = StandIn(name); sys.modules[name].__spec__ = ModuleSpec(name, None)
from obp.dataset import OpenBanditDataset
from obp.ope import DirectMethod, DoublyRobust, InverseProbabilityWeighting, OffPolicyEvaluation, RegressionModel, SelfNormalizedInverseProbabilityWeighting, SwitchDoublyRobust
from obp.policy import BernoulliTS
from pathlib import Path

SWITCH = 10

def unpacked(folder):
    """The pipeline reads plain CSVs with an index column, and calls the position and user columns as in the published files."""
    out = Path(tempfile.mkdtemp())
    for policy in ("random", "bts"):
        for campaign in os.listdir(os.path.join(folder, policy)):
            for name in (campaign, "item_context"):
                target = out / policy / campaign; target.mkdir(parents=True, exist_ok=True)
                pd.read_csv(os.path.join(folder, policy, campaign, name + ".csv.gz")).to_csv(target / (name + ".csv"))
    return out

def main():
    opt = options(__doc__, "shared/data/open-bandit", lambda p: p.add_argument("--export", help="write the bts action probabilities and the click model's expected rewards to this folder"))
    root = unpacked(opt.data)
    out = {}
    for campaign in sorted(os.listdir(os.path.join(opt.data, "random"))):
        logged = OpenBanditDataset(behavior_policy="random", campaign=campaign, data_path=root)
        online = OpenBanditDataset(behavior_policy="bts", campaign=campaign, data_path=root).obtain_batch_bandit_feedback()
        log = logged.obtain_batch_bandit_feedback()
        policy = BernoulliTS(n_actions=logged.n_actions, len_list=logged.len_list, is_zozotown_prior=True, campaign=campaign, random_state=0)
        with clock() as a:
            probabilities = policy.compute_batch_action_dist(n_rounds=1, n_sim=100000)
        actions = np.repeat(probabilities, log["n_rounds"], axis=0)
        if opt.export:
            p = probabilities[0]
            pd.DataFrame({"item_id": np.arange(len(p)), **{f"position_{i + 1}": p[:, i] for i in range(p.shape[1])}}).to_csv(os.path.join(opt.export, f"bts_probabilities_{campaign}.csv.gz"), index=False)
        with clock() as b:
            model = RegressionModel(n_actions=logged.n_actions, len_list=logged.len_list, action_context=logged.action_context, base_model=sklearn.linear_model.LogisticRegression(C=100, max_iter=500, random_state=0))
            expected = model.fit_predict(context=log["context"], action=log["action"], reward=log["reward"], position=log["position"], pscore=log["pscore"], n_folds=3, random_state=0)
        if opt.export:
            shown = pd.DataFrame(expected[np.arange(log["n_rounds"]), :, log["position"]], columns=[f"item_{i}" for i in range(logged.n_actions)])
            # The pipeline sorts by time; its index still says which line of the file a round was.
            shown.iloc[np.argsort(logged.data.index.to_numpy(), kind="stable")].to_csv(os.path.join(opt.export, f"expected_rewards_{campaign}.csv.gz"), index=False, float_format="%.9g", compression={"method": "gzip", "compresslevel": 1})
        with clock() as c:
            ope = OffPolicyEvaluation(bandit_feedback=log, ope_estimators=[InverseProbabilityWeighting(estimator_name="ipw"), SelfNormalizedInverseProbabilityWeighting(estimator_name="snipw"), DirectMethod(estimator_name="dm"), DoublyRobust(estimator_name="dr"), SwitchDoublyRobust(estimator_name="switch_dr", lambda_=SWITCH)])
            points = ope.estimate_policy_values(action_dist=actions, estimated_rewards_by_reg_model=expected)
            ranges = ope.estimate_intervals(action_dist=actions, estimated_rewards_by_reg_model=expected, alpha=.05, n_bootstrap_samples=1000, random_state=0)
        weight = actions[np.arange(log["n_rounds"]), log["action"], log["position"]] / log["pscore"]
        out[campaign] = {"rounds": log["n_rounds"], "random_click_rate": log["reward"].mean(), "bts_click_rate_truth": online["reward"].mean(), "bts_truth_standard_error": online["reward"].std() / np.sqrt(online["n_rounds"]),
                         "effective_sample_size": weight.sum() ** 2 / (weight ** 2).sum(), "largest_weight": weight.max(), "switch_threshold": SWITCH,
                         "estimates": {k: {"value": points[k], "low": ranges[k]["95.0% CI (lower)"], "high": ranges[k]["95.0% CI (upper)"], "relative_error": abs(points[k] / online["reward"].mean() - 1)} for k in points},
                         "seconds": {"action_probabilities": a.seconds, "regression_model": b.seconds, "estimates_and_bootstrap": c.seconds}}
    shutil.rmtree(root)
    report("ope_obp", out, ["obp", "scikit-learn"])

if __name__ == "__main__":
    main()
