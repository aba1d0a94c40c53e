"""The first assignment, rnn-step-by-step: its published cells, and the numbers that they print."""

ASSIGNMENT = "rnn-step-by-step"

_STEP, _SEQUENCE = "xt:n_x,m a_prev:n_a,m", "x:n_x,m,T_x a0:n_a,m"
_RNN = "parameters{{ {} Wya:n_y,n_a ba:n_a,1 by:n_y,1 }}"
_AA_AX, _AX_AA = _RNN.format("Waa:n_a,n_a Wax:n_a,n_x"), _RNN.format("Wax:n_a,n_x Waa:n_a,n_a")
_GATES = " ".join(f"W{g}:n_a,n_a+n_x b{g}:n_a,1" for g in "fioc")
_LSTM = f"parameters{{ {_GATES} Wy:n_y,n_a by:n_y,1 }}"
_RNN_GRADIENTS = "dWax:n_a,n_x dWaa:n_a,n_a dba:n_a,1"
_LSTM_GRADIENTS = " ".join(f"dW{g}:n_a,n_a+n_x db{g}:n_a,1" for g in "fico")
_RNN_CACHE = "a_next a_prev xt parameters"
_LSTM_CACHE = "a_next c_next a_prev c_prev ft it cct ot xt parameters"

EXERCISES = {
    "rnn_cell_forward": dict(
        draws=f"{_STEP} {_AA_AX}",
        outputs="a_next:n_a,m yt_pred:n_y,m cache",
        printed=r"""a_next[4] = \n | 0.59584544 0.18141802 0.61311866 0.99808218 0.85016201
            0.99980978 -0.18887155 0.99815551 0.6531151 0.82872037;
        a_next.shape = \n | (5, 10);
        yt_pred[1] =\n | 0.9888161 0.01682021 0.21140899 0.36817467 0.98988387
            0.88945212 0.36920224 0.9966312 0.9982559 0.17746526;
        yt_pred.shape = \n | (2, 10)""",
        cache=_RNN_CACHE,
    ),
    "rnn_forward": dict(
        draws=f"{_SEQUENCE} {_AA_AX}",
        outputs="a:n_a,m,T_x y_pred:n_y,m,T_x caches",
        printed=r"""a[4][1] = \n | -0.99999375 0.77911235 -0.99861469 -0.99833267;
        a.shape = \n | (5, 10, 4);
        y_pred[1][3] =\n | 0.79560373 0.86224861 0.11118257 0.81515947;
        y_pred.shape = \n | (2, 10, 4);
        caches[1][1][3] =\n | -1.1425182 -0.34934272 -0.20889423 0.58662319;
        len(caches) = \n | 2""",
        T_x=4,
        cache=_RNN_CACHE,
    ),
    "lstm_cell_forward": dict(
        draws=f"{_STEP} c_prev:n_a,m {_LSTM}",
        outputs="a_next:n_a,m c_next:n_a,m yt:n_y,m cache",
        printed=r"""a_next[4] = \n | -0.66408471 0.0036921 0.02088357 0.22834167 -0.85575339
            0.00138482 0.76566531 0.34631421 -0.00215674 0.43827275;
        a_next.shape =␣ | (5, 10);
        c_next[2] = \n | 0.63267805 1.00570849 0.35504474 0.20690913 -1.64566718
            0.11832942 0.76449811 -0.0981561 -0.74348425 -0.26810932;
        c_next.shape =␣ | (5, 10);
        yt[1] = | 0.79913913 0.15986619 0.22412122 0.15606108 0.97057211
            0.31146381 0.00943007 0.12666353 0.39380172 0.07828381;
        yt.shape =␣ | (2, 10);
        cache[1][3] =\n | -0.16263996 1.03729328 0.72938082 -0.54101719 0.02752074
            -0.30821874 0.07651101 -1.03752894 1.41219977 -0.37647422;
        len(cache) =␣ | 10""",
        also="""cache[4][1][2] | 0.54309202; cache[5][1][2] | 0.85461047;
        cache[6][1][2] | -0.47127742; cache[7][1][2] | 0.04834420""",
        cache=_LSTM_CACHE,
    ),
    "lstm_forward": dict(
        draws=f"{_SEQUENCE} {_LSTM}",
        outputs="a:n_a,m,T_x y:n_y,m,T_x c:n_a,m,T_x caches",
        printed=r"""a[4][3][6] =␣ | 0.172117767533;
        a.shape =␣ | (5, 10, 7);
        y[1][4][3] = | 0.95087346185;
        y.shape =␣ | (2, 10, 7);
        caches[1][1][1] =\n | 0.82797464 0.23009474 0.76201118 -0.22232814
            -0.20075807 0.18656139 0.41005165;
        c[1][2][1] | -0.855544916718;
        len(caches) =␣ | 2""",
        T_x=7,
        cache=_LSTM_CACHE,
    ),
    "rnn_cell_backward": dict(
        draws=f"{_STEP} {_AX_AA} da_next:n_a,m",
        outputs=f"{{ dxt:n_x,m da_prev:n_a,m {_RNN_GRADIENTS} }}",
        printed="""dxt[1][2] | -1.3872130506; da_prev[2][3] | -0.152399493774;
        dWax[3][1] | 0.410772824935; dWaa[1][2] | 1.15034506685; dba[4] | 0.20023491""",
        cache=_RNN_CACHE,
    ),
    "rnn_backward": dict(
        draws=f"{_SEQUENCE} {_AX_AA} da:n_a,m,T_da",
        outputs=f"{{ dx:n_x,m,T_da da0:n_a,m {_RNN_GRADIENTS} }}",
        printed="""dx[1][2] | -2.07101689 -0.59255627 0.02466855 0.01483317;
        da0[2][3] | -0.314942375127; dWax[3][1] | 11.2641044965;
        dWaa[1][2] | 2.30333312658; dba[4] | -0.74747722""",
        T_x=4,
        cache=_RNN_CACHE,
    ),
    "lstm_cell_backward": dict(
        draws=f"{_STEP} c_prev:n_a,m {_LSTM} da_next:n_a,m dc_next:n_a,m",
        outputs=f"{{ dxt:n_x,m da_prev:n_a,m dc_prev:n_a,m {_LSTM_GRADIENTS} }}",
        printed="""dxt[1][2] | 3.23055911511; da_prev[2][3] | -0.0639621419711;
        dc_prev[2][3] | 0.797522038797; dWf[3][1] | -0.147954838164;
        dWi[1][2] | 1.05749805523; dWc[3][1] | 2.30456216369; dWo[1][2] | 0.331311595289;
        dbf[4] | 0.18864637; dbi[4] | -0.40142491; dbc[4] | 0.25587763; dbo[4] | 0.13893342""",
        cache=_LSTM_CACHE,
    ),
    # The published cell draws no Wy and by (they have no effect on a gradient), and a da that
    # is shorter than x: the loop runs over the first 4 of 7 steps.
    "lstm_backward": dict(
        draws=f"{_SEQUENCE} parameters{{ {_GATES} Wy=0:n_y,n_a by=0:n_y,1 }} da:n_a,m,T_da",
        outputs=f"{{ dx:n_x,m,T_da da0:n_a,m {_LSTM_GRADIENTS} }}",
        printed="""dx[1][2] | 0.00218254 0.28205375 -0.48292508 -0.43281115;
        da0[2][3] | 0.312770310257; dWf[3][1] | -0.0809802310938;
        dWi[1][2] | 0.40512433093; dWc[3][1] | -0.0793746735512; dWo[1][2] | 0.038948775763;
        dbf[4] | -0.15745657; dbi[4] | -0.50848333; dbc[4] | -0.42510818; dbo[4] | -0.17958196""",
        T_x=7,
        T_da=4,
        cache=_LSTM_CACHE,
    ),
}
