/// Cases like those of the data set, drawn anew with sizes from 2 to a million and shares down to 0.0003; `expected` by
/// statsmodels 0.15.0, scipy 1.17.1 and gbstats 0.8.0.
let furtherExperimentCases = #"""
    {"cases": [
    {"id": "proportion_z_pooled-0", "kind": "proportion_z_pooled", "inputs": {"n_a": 4096, "sum_a": 2, "n_b": 3562,
    "sum_b": 19, "alternative": "larger (b against a)"}, "expected": {"z": 4.044632996821032, "p_value":
    2.6202576209024245e-05}},
    {"id": "proportion_z_pooled-1", "kind": "proportion_z_pooled", "inputs": {"n_a": 36, "sum_a": 25, "n_b": 21,
    "sum_b": 2, "alternative": "larger (b against a)"}, "expected": {"z": -4.37051105055616, "p_value":
    0.9999938021959579}},
    {"id": "proportion_difference_interval-2", "kind": "proportion_difference_interval", "inputs": {"n_a": 617,
    "sum_a": 5, "n_b": 125, "sum_b": 18, "method": "wald", "alpha": 0.1}, "expected": {"ci": [0.0839038139111946,
    0.18788873065930778]}},
    {"id": "proportion_difference_interval-3", "kind": "proportion_difference_interval", "inputs": {"n_a": 28813,
    "sum_a": 2804, "n_b": 10497, "sum_b": 2000, "method": "agresti-caffo", "alpha": 0.01}, "expected": {"ci":
    [0.08239450408135238, 0.10409439035191437]}},
    {"id": "proportion_difference_interval-4", "kind": "proportion_difference_interval", "inputs": {"n_a": 37,
    "sum_a": 0, "n_b": 420, "sum_b": 143, "method": "score", "alpha": 0.1}, "expected": {"ci": [0.27777373585464743,
    0.3794656704507869]}},
    {"id": "proportion_difference_interval-5", "kind": "proportion_difference_interval", "inputs": {"n_a": 31617,
    "sum_a": 121, "n_b": 254020, "sum_b": 27244, "method": "newcomb", "alpha": 0.05}, "expected": {"ci":
    [0.1020149063313975, 0.10478462458302229]}},
    {"id": "proportion_difference_interval-6", "kind": "proportion_difference_interval", "inputs": {"n_a": 208877,
    "sum_a": 201, "n_b": 1027, "sum_b": 33, "method": "score", "alpha": 0.1}, "expected": {"ci":
    [0.0232786852868055, 0.04151766457425688]}},
    {"id": "proportion_difference_interval-7", "kind": "proportion_difference_interval", "inputs": {"n_a": 24,
    "sum_a": 0, "n_b": 2145, "sum_b": 3, "method": "newcomb", "alpha": 0.2}, "expected": {"ci":
    [-0.0626546826842337, 0.0028819303386743234]}},
    {"id": "proportion_difference_interval-8", "kind": "proportion_difference_interval", "inputs": {"n_a": 5,
    "sum_a": 0, "n_b": 35, "sum_b": 0, "method": "agresti-caffo", "alpha": 0.1}, "expected": {"ci":
    [-0.33775390733524774, 0.1060936756750161]}},
    {"id": "proportion_difference_interval-9", "kind": "proportion_difference_interval", "inputs": {"n_a": 209729,
    "sum_a": 575, "n_b": 9, "sum_b": 1, "method": "wald", "alpha": 0.2}, "expected": {"ci": [-0.025881535575057624,
    0.2426204912962237]}},
    {"id": "proportion_interval-10", "kind": "proportion_interval", "inputs": {"n": 48487, "sum": 256, "method":
    "jeffreys", "alpha": 0.2}, "expected": {"ci": [0.004872404014542087, 0.005716271484802289]}},
    {"id": "proportion_interval-11", "kind": "proportion_interval", "inputs": {"n": 63, "sum": 2, "method":
    "wilson", "alpha": 0.01}, "expected": {"ci": [0.0062237948348907585, 0.1464998698810162]}},
    {"id": "proportion_interval-12", "kind": "proportion_interval", "inputs": {"n": 80, "sum": 59, "method":
    "clopper-pearson", "alpha": 0.05}, "expected": {"ci": [0.6271491697875681, 0.8295907488995918]}},
    {"id": "mean_t_test-13", "kind": "mean_t_test", "inputs": {"n_a": 15, "sum_a": 150.65451615098164,
    "sum_squares_a": 1686.7882366578006, "n_b": 600815, "sum_b": 41836522.007096246, "sum_squares_b":
    230336119561.47293, "equal_variance": true}, "expected": {"t": 0.37511686185061377, "p_value":
    0.7075736896191627}},
    {"id": "mean_t_test-14", "kind": "mean_t_test", "inputs": {"n_a": 5, "sum_a": 243.71765043294312,
    "sum_squares_a": 58196.8548290444, "n_b": 17, "sum_b": 1257.8195199048473, "sum_squares_b": 93170.65000725594,
    "equal_variance": false}, "expected": {"t": 0.5245629423865736, "p_value": 0.6276052405075189}},
    {"id": "welch_mean-15", "kind": "welch_mean", "inputs": {"n_a": 1323, "sum_a": 73150.91487645483,
    "sum_squares_a": 69870296.89904211, "n_b": 19, "sum_b": 1136.3132474673803, "sum_squares_b": 68030.37835537385,
    "difference": "relative", "alpha": 0.2}, "expected": {"effect": 0.08164451167285373, "ci":
    [-0.07260174126802564, 0.2358907646137331], "p_value": 0.49745980383997535, "standard_error":
    0.12029937853816662}},
    {"id": "welch_mean-16", "kind": "welch_mean", "inputs": {"n_a": 6, "sum_a": 209.61901401198872, "sum_squares_a":
    12603.587221402606, "n_b": 26, "sum_b": 1563.5888847033475, "sum_squares_b": 95105.07846105551, "difference":
    "absolute", "alpha": 0.05}, "expected": {"effect": 25.201531691720376, "ci": [-8.871796762090177,
    59.27486014553093], "p_value": 0.11617512478760572, "standard_error": 13.32891273962646}},
    {"id": "welch_proportion-17", "kind": "welch_proportion", "inputs": {"n_a": 19, "sum_a": 0, "n_b": 15, "sum_b":
    0, "difference": "absolute", "alpha": 0.001}, "expected": {"effect": 0.0, "ci": [0.0, 0.0], "p_value": 1.0,
    "standard_error": 0.0}},
    {"id": "welch_proportion-18", "kind": "welch_proportion", "inputs": {"n_a": 1520, "sum_a": 129, "n_b": 84,
    "sum_b": 0, "difference": "relative", "alpha": 0.05}, "expected": {"effect": 0.0, "ci": [0.0, 0.0], "p_value":
    1.0, "standard_error": 0.0}},
    {"id": "welch_mean_one_sided_greater-19", "kind": "welch_mean_one_sided_greater", "inputs": {"n_a": 69542,
    "sum_a": 4607971.991105791, "sum_squares_a": 52922308706.375046, "n_b": 2, "sum_b": -1073.6744004637637,
    "sum_squares_b": 2226910.0605623983, "difference": "relative", "alpha": 0.01}, "expected": {"effect":
    -9.101770724862124, "ci": [-445.5076319960681, "inf"], "p_value": 0.6864910373135633, "standard_error":
    13.71578917909109}},
    {"id": "welch_mean_one_sided_greater-20", "kind": "welch_mean_one_sided_greater", "inputs": {"n_a": 5, "sum_a":
    576.5216338026256, "sum_squares_a": 79771.1983560149, "n_b": 44691, "sum_b": 3381994.212004454, "sum_squares_b":
    18992094857.963406, "difference": "relative", "alpha": 0.1}, "expected": {"effect": -0.3436927781659221, "ci":
    [-0.5711439767032065, "inf"], "p_value": 0.9596449401458212, "standard_error": 0.14914304318720936}},
    {"id": "ratio_delta_method-21", "kind": "ratio_delta_method", "inputs": {"a": {"n": 11, "numerator_sum":
    538.0165190131472, "numerator_sum_squares": 40770.390543095105, "denominator_sum": 35.0,
    "denominator_sum_squares": 127.0, "sum_of_products": 1911.449295670985}, "b": {"n": 10, "numerator_sum":
    384.28120287763574, "numerator_sum_squares": 27597.957490956353, "denominator_sum": 26.0,
    "denominator_sum_squares": 86.0, "sum_of_products": 1312.7959326385537}, "difference": "absolute", "alpha":
    0.2}, "expected": {"effect": -0.5918542787083272, "ci": [-6.9967843597697765, 5.813075802353122], "p_value":
    0.9036072190986157, "standard_error": 4.821281419292047}},
    {"id": "cuped-22", "kind": "cuped", "inputs": {"a": {"n": 101, "post_sum": 3243.898310599774,
    "post_sum_squares": 149978.7171290172, "pre_sum": 3878.2997199020747, "pre_sum_squares": 218650.08269066492,
    "post_pre_sum_of_products": 173255.24101194914}, "b": {"n": 6, "post_sum": 241.44922144406516,
    "post_sum_squares": 13777.433492600627, "pre_sum": 301.464088329001, "pre_sum_squares": 23274.82747088346,
    "post_pre_sum_of_products": 17617.57678712745}, "difference": "relative", "alpha": 0.05}, "expected": {"theta":
    0.6957916074586452, "adjusted_mean_a": 5.400098161214814, "adjusted_mean_b": 5.282173139095754,
    "adjusted_variance_a": 117.88546172621773, "adjusted_variance_b": 72.32988927400174, "effect":
    -0.00367164013591502, "ci": [-0.2874414925450636, 0.28009821227323356], "p_value": 0.9757799558192288,
    "standard_error": 0.11602798291979559}},
    {"id": "sequential_mean-23", "kind": "sequential_mean", "inputs": {"n_a": 1478, "sum_a": 145203.3844248876,
    "sum_squares_a": 14504811.964074962, "n_b": 14343, "sum_b": 1429954.0955010944, "sum_squares_b":
    2305033045.4323535, "tuning_parameter": 1000, "difference": "absolute", "alpha": 0.01}, "expected": {"rho":
    0.10739525753363238, "effect": 1.453845805055039, "ci": [-10.957283198094501, 13.864974808204579], "p_value":
    1.0, "standard_error": 3.2591582796925875}},
    {"id": "sequential_mean-24", "kind": "sequential_mean", "inputs": {"n_a": 4, "sum_a": 162.50322429728163,
    "sum_squares_a": 11661.305660000748, "n_b": 428297, "sum_b": 11126734.471434629, "sum_squares_b":
    65631566917.99286, "tuning_parameter": 20000, "difference": "relative", "alpha": 0.01}, "expected": {"rho":
    0.02401430963062984, "effect": -0.3605292257951024, "ci": [-1.6045163143417085, 0.8834578627515038], "p_value":
    1.0, "standard_error": 0.3235409475488513}},
    {"id": "sequential_proportion-25", "kind": "sequential_proportion", "inputs": {"n_a": 164, "sum_a": 0, "n_b":
    35, "sum_b": 5, "tuning_parameter": 1000, "difference": "absolute", "alpha": 0.1}, "expected": {"rho":
    0.07955413003292938, "effect": 0.0, "ci": [0.0, 0.0], "p_value": 1.0, "standard_error": 0.0}},
    {"id": "sequential_proportion-26", "kind": "sequential_proportion", "inputs": {"n_a": 52690, "sum_a": 13102,
    "n_b": 28, "sum_b": 0, "tuning_parameter": 100, "difference": "relative", "alpha": 0.1}, "expected": {"rho":
    0.2515722481772629, "effect": 0.0, "ci": [0.0, 0.0], "p_value": 1.0, "standard_error": 0.0}},
    {"id": "bayes_normal_mean-27", "kind": "bayes_normal_mean", "inputs": {"n_a": 6, "sum_a": 192.57461960455424,
    "sum_squares_a": 6181.983055173671, "n_b": 27725, "sum_b": 1427052.1638161133, "sum_squares_b": 2754522457.029,
    "difference": "relative", "alpha": 0.001, "prior_effect": {"mean": -0.12656112981714193, "variance":
    0.030892184150849888, "proper": true}, "prior_type": "absolute", "lower_is_better": false}, "expected":
    {"chance_to_win": 0.5903345088965062, "effect": 0.0012454346130172354, "ci": [-0.016696931708906963,
    0.0191878009349416], "risk": [0.0028545403516453374, 0.001609105738628102], "posterior_sd":
    0.005452733797968356}},
    {"id": "bayes_normal_mean-28", "kind": "bayes_normal_mean", "inputs": {"n_a": 264, "sum_a": 5015.065868699202,
    "sum_squares_a": 98235.41603797168, "n_b": 3261, "sum_b": 231076.03253258535, "sum_squares_b":
    2413510253.4128685, "difference": "absolute", "alpha": 0.01, "prior_effect": {"mean": 0.352266772915111,
    "variance": 0.008352131120282371, "proper": true}, "prior_type": "relative", "lower_is_better": false},
    "expected": {"chance_to_win": 0.9999880868343979, "effect": 7.28754185670329, "ci": [2.8452640733153363,
    11.729819640091243], "risk": [7.287546284514921, 4.427811631646144e-06], "posterior_sd": 1.7246009963732905}},
    {"id": "bayes_normal_proportion-29", "kind": "bayes_normal_proportion", "inputs": {"n_a": 32238, "sum_a": 471,
    "n_b": 1081, "sum_b": 2, "difference": "absolute", "alpha": 0.1, "prior_effect": {"mean": -0.16482508933561146,
    "variance": 0.0033077793137886984, "proper": false}, "prior_type": "absolute", "lower_is_better": false},
    "expected": {"chance_to_win": 1.776094790095212e-18, "effect": -0.012759948714002052, "ci":
    [-0.015174531974877075, -0.010345365453127031], "risk": [0.0, 0.012759948714002052], "posterior_sd":
    0.001467962389668767}},
    {"id": "bayes_normal_proportion-30", "kind": "bayes_normal_proportion", "inputs": {"n_a": 20, "sum_a": 0, "n_b":
    3300, "sum_b": 2039, "difference": "absolute", "alpha": 0.001, "prior_effect": {"mean": -0.32828155669468423,
    "variance": 0.009070610669411006, "proper": true}, "prior_type": "relative", "lower_is_better": true},
    "expected": {"chance_to_win": 0.5, "effect": 0.0, "ci": [0.0, 0.0], "risk": [0.0, 0.0], "posterior_sd": 0.0}},
    {"id": "bayes_beta_binomial-31", "kind": "bayes_beta_binomial", "inputs": {"n_a": 62255, "sum_a": 177, "n_b":
    17, "sum_b": 0, "prior_alpha": 0.5, "prior_beta": 40.0}, "expected": {"chance_b_beats_a": 0.5696534909911007,
    "posterior_mean_a": 0.002849322984806286, "posterior_mean_b": 0.008695652173913044, "posterior_95_a":
    [0.002446071348124306, 0.003282797586062757], "posterior_95_b": [8.652469926451149e-06, 0.04329689023860641],
    "expected_loss_of_choosing_b": 0.00083684706957433}},
    {"id": "sample_ratio_mismatch-32", "kind": "sample_ratio_mismatch", "inputs": {"users": [228, 320, 526, 276,
    532], "weights": [0.12756845533964192, 0.16451651680414714, 0.2814356348945704, 0.1614696138598428,
    0.2650097791017977]}, "expected": {"p_value": 0.21802092862352956, "chi_square": 5.757303699614913,
    "degrees_of_freedom": 4}},
    {"id": "sample_size_proportions-33", "kind": "sample_size_proportions", "inputs": {"p_a": 0.02398464896159828,
    "p_b": 0.03730251977285736, "alpha": 0.1, "power": 0.95, "n_b_over_n_a": 0.5}, "expected": {"cohen_h":
    0.07772866981358073, "n_a": 5373.685683302157}},
    {"id": "sample_size_means-34", "kind": "sample_size_means", "inputs": {"difference_over_sd":
    0.12552734034854146, "alpha": 0.1, "power": 0.8, "n_b_over_n_a": 2.0}, "expected": {"n_a": 588.9701092426058}},
    {"id": "power_means-35", "kind": "power_means", "inputs": {"difference_over_sd": 0.005600050662624278, "alpha":
    0.001, "n_a": 161115, "n_b_over_n_a": 2.0}, "expected": {"power": 0.0728062166544615}},
    {"id": "power_means-36", "kind": "power_means", "inputs": {"difference_over_sd": 0.003906824179054739, "alpha":
    0.05, "n_a": 5, "n_b_over_n_a": 2.0}, "expected": {"power": 0.050005024035497114}},
    {"id": "multiple_benjamini_hochberg-37", "kind": "multiple_benjamini_hochberg", "inputs": {"p_values": [0.00533,
    0.361401, 0.973924], "alpha": 0.001}, "expected": {"adjusted": [0.01599, 0.5421015, 0.973924], "rejected":
    [false, false, false]}},
    {"id": "multiple_holm-38", "kind": "multiple_holm", "inputs": {"p_values": [0.000514, 0.852308, 0.140806,
    0.33889, 0.938574, 0.026312, 0.646944], "alpha": 0.01}, "expected": {"adjusted": [0.003598, 1.0,
    0.7040299999999999, 1.0, 1.0, 0.15787199999999998, 1.0], "rejected": [true, false, false, false, false, false,
    false]}}
    ]}
    """#
